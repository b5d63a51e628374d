/**
 * What a replica writes to the outbox for the application, one record per upcall.
 *
 * Written by the owner of the `upcall` or `deliver` action before it commits the record; read by the
 * application's thread, in number order.
 */
export const UpcallRecord = {
  kind: 0,
  connection: 1,
  first: 2,
  second: 3,
  third: 4,
  /** Channel index of the request that caused it. */
  requestIndex: 5,
} as const
