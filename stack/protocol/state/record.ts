/**
 * Records in a flat buffer: fields declared once, by name and meaning, become a cursor whose properties
 * read and write 32-bit words at `at + offset`. Protocol code then says `tcb.sndUna`, and the state is
 * still nothing but integers that can be hashed, copied and shared.
 *
 * A field is one word; a table inside a record is declared with its number of words, and its property is
 * then the word offset of its first word. Invariant: a field's offset depends on nothing but the declaration.
 */

export type FieldDeclaration = string | readonly [meaning: string, words: number]
export type Declarations = Readonly<Record<string, FieldDeclaration>>

/** Moves over records of one kind by setting `at`, the word offset of the record in `words`. */
export type Cursor<F extends Declarations> = { readonly words: Int32Array; at: number } & {
  -readonly [K in keyof F]: number
}

export interface RecordKind<F extends Declarations> {
  readonly fields: F
  /** Words that one record takes. */
  readonly words: number
  readonly offsets: { readonly [K in keyof F]: number }
  cursor(words: Int32Array, at: number): Cursor<F>
  /** A record as a plain object: for tests and for people. */
  read(words: Int32Array, at: number): { [K in keyof F]: number }
}

export function defineRecord<const F extends Declarations>(fields: F): RecordKind<F> {
  const offsets: Record<string, number> = {}
  const accessors: string[] = []
  let words = 0
  for (const [name, declaration] of Object.entries(fields)) {
    offsets[name] = words
    if (typeof declaration === 'string') {
      accessors.push(`get ${name}() { return this.words[this.at + ${words}] }`)
      accessors.push(`set ${name}(value) { this.words[this.at + ${words}] = value }`)
      words += 1
    } else {
      accessors.push(`get ${name}() { return this.at + ${words} }`)
      words += declaration[1]
    }
  }
  // Generated, because constants in the source text are what the compiler inlines; a closure over each
  // offset costs a load and a check on every access. The names come from the declarations in this folder.
  const source = `return class Cursor {
    constructor(words, at) { this.words = words; this.at = at }
    ${accessors.join('\n    ')}
  }`
  const CursorClass = new Function(source)() as new (words: Int32Array, at: number) => Cursor<F>
  return {
    fields,
    words,
    offsets: offsets as { [K in keyof F]: number },
    cursor: (memory, at) => new CursorClass(memory, at),
    read: (memory, at) => {
      const values: Record<string, number> = {}
      for (const [name, offset] of Object.entries(offsets)) values[name] = memory[at + offset] as number
      return values as { [K in keyof F]: number }
    },
  }
}
