/**
 * Records in a flat buffer: fields declared once, by name and meaning. Slot heads, requests, actions, upcalls and the state
 * of the protocol machine are all declared this way, so that nothing is numbered by hand.
 *
 * From a declaration follow the offsets of its fields (`words[at + SegmentWord.flags]`) and a cursor whose properties read
 * and write the words at `at + offset` (`tcb.sndUna`). A record is nothing but 32-bit integers, which can be hashed, copied
 * and shared.
 *
 * A field is one word. A table, or an address, is declared with its number of words; its property is then the word offset
 * of its first word. Invariant: a field's offset depends on nothing but the declaration.
 */
import { addressWords } from './address.ts'

export type FieldDeclaration = string | readonly [meaning: string, words: number]
export type Declarations = Readonly<Record<string, FieldDeclaration>>

/** Moves over records of one kind by setting `at`, the word offset of the record in `words`. */
export type Cursor<F extends Declarations> = { readonly words: Int32Array; at: number } & {
  -readonly [K in keyof F]: number
}

/** The declaration of an IP address (see `address.ts`). */
export function addressField(meaning: string): readonly [meaning: string, words: number] {
  return [meaning, addressWords]
}

/** The names of the addresses among the fields. */
export function addressFieldsOf(fields: Declarations): string[] {
  return Object.entries(fields).flatMap(([name, declaration]) =>
    typeof declaration !== 'string' && declaration[1] === addressWords ? [name] : [],
  )
}

export interface RecordKind<F extends Declarations> {
  readonly fields: F
  /** Words from the start of a record to the end of its last field. */
  readonly words: number
  readonly offsets: { readonly [K in keyof F]: number }
  cursor(words: Int32Array, at: number): Cursor<F>
  /** A record as a plain object: for tests and for people. */
  read(words: Int32Array, at: number): { [K in keyof F]: number }
}

/** `start`: where the first field lies, if the record begins with words of another declaration. */
export function defineRecord<const F extends Declarations>(fields: F, start = 0): RecordKind<F> {
  const offsets: Record<string, number> = {}
  const accessors: string[] = []
  let words = start
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
    offsets: constants(offsets as { [K in keyof F]: number }),
    cursor: (memory, at) => new CursorClass(memory, at),
    read: (memory, at) => {
      const values: Record<string, number> = {}
      for (const [name, offset] of Object.entries(offsets)) values[name] = memory[at + offset] as number
      return values as { [K in keyof F]: number }
    },
  }
}

/**
 * The same numbers as an object that was written down: the properties of a literal are constants to the compiler, those of
 * an object that was filled one by one are loads. For offsets of several declarations in one object, too.
 */
export function constants<const T extends Readonly<Record<string, number>>>(values: T): T {
  return new Function(`return ${JSON.stringify(values)}`)() as T
}
