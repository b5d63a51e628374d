/**
 * What a Linux peer is set to where machines differ, so that results compare: its congestion control is Linux's own
 * default, whatever the host of the containers prefers.
 */
export const congestionControl = 'cubic'
