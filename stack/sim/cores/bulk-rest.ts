/**
 * How long the application of a measured bulk transfer rests after it handled upcalls, in milliseconds. What predicts such
 * transfers and what measures their costs rests as long; a test of the harness compares it with the real one.
 */
export const bulkRestMillis = 1
