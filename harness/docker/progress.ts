/** Told, in a few words, what is being done now. The caller decides how to show it. */
export type Progress = (message: string) => void

export const silent: Progress = () => {}
