/**
 * Settings of Linux peers that may differ from machine to machine; fixed, so that results can be compared. Congestion
 * control is the default of Linux, even if the host of the containers prefers another one.
 */
export const congestionControl = 'cubic'
