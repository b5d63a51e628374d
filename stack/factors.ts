/** What experiments may vary of a stack: names and values, and nothing that runs. */
export {
  claimFactors,
  emissionFactors,
  furthestCheck,
  largestChunk,
  ownershipFactors,
  readerFactors,
  verificationFactors,
} from './strategy/factors.ts'
