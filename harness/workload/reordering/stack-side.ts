/** The application sends as it does in any bulk transfer. */
export { stackSide } from '../bulk/stack-side.ts'
