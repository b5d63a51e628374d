/** Called with a few words about the present step. The caller decides how to show them. */
export type Progress = (message: string) => void

export const silent: Progress = () => {}
