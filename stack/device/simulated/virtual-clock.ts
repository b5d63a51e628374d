/**
 * Time of a simulation, in microseconds since its start: a plain number that does not wrap and may have a
 * fraction. `| 0` makes a request's time of it. Whoever drives the simulation moves it.
 */
export interface VirtualClock {
  nowMicros(): number
}
