/** What `echo-stack.ts` serves, as its clients have to know it. */

/** Echoes until the peer has closed. */
export const echoPort = 7
/** Echoes one message, and closes first. */
export const closesFirstPort = 8
/** What a peer sends to the port that closes first. */
export const messageBytes = 1024
