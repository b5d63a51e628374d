/** The ports of `echo-stack.ts`, as its clients have to know them. */

/** Echoes until the peer has closed; by UDP, every datagram. */
export const echoPort = 7
/** Echoes one message, and closes first. */
export const closesFirstPort = 8
/** Length of the message that a peer sends to the port that closes first. */
export const messageBytes = 1024
/** Answers questions for names, by UDP: see `name-answer.ts`. */
export const namePort = 53
