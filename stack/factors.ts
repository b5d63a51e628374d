/** What experiments may vary of a stack: names and values, what a value needs, and nothing that runs. */
export {
  claimFactors,
  coalescingFactors,
  emissionFactors,
  furthestCheck,
  largestChunk,
  ownershipFactors,
  placementFactors,
  processorsNeeded,
  readerFactors,
  verificationFactors,
} from './strategy/factors.ts'
