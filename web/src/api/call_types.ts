// What a call of the API takes and gives, read off the types that docs/api.yaml is made into.
import type { components, paths } from './schema'

/** `Schema<'Lesson'>`: a schema of docs/api.yaml by its name. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

type Known<T> = Exclude<T, undefined>

/** The addresses that `M` may be asked of. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: [Known<paths[P][M]>] extends [never] ? never : P
}[keyof paths]

export type Operation<M extends Method, P extends PathOf<M>> = Known<paths[P][M]>

type JsonOf<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined

type PathOption<Op> = Op extends { parameters: { path: infer Path } } ? { path: Path } : object

type QueryOption<Op> = Op extends { parameters: { query: infer Query } }
  ? { query: Query }
  : Op extends { parameters: { query?: infer Query } }
    ? [Known<Query>] extends [never]
      ? object
      : { query?: Known<Query> }
    : object

/** A file goes as it is; all else is JSON. */
type BodyOf<T> = T extends { content: { 'application/json': infer Body } } ? Body : Blob

type BodyOption<Op> = Op extends { requestBody: infer Request }
  ? { body: BodyOf<Request> }
  : Op extends { requestBody?: infer Request }
    ? [Known<Request>] extends [never]
      ? object
      : { body?: BodyOf<Known<Request>> }
    : object

export interface CallOptions {
  signal?: AbortSignal
  /** For the answer's last byte; 15 s unless a big file is on its way. */
  timeoutMs?: number
}

export type OptionsOf<Op> = PathOption<Op> & QueryOption<Op> & BodyOption<Op> & CallOptions

/** Options may be left out when none of them must be there. */
export type Arguments<Op> =
  Record<string, never> extends Omit<OptionsOf<Op>, keyof CallOptions>
    ? [options?: OptionsOf<Op>]
    : [options: OptionsOf<Op>]

export type AnswerOf<Op> = Op extends { responses: infer Responses }
  ? { [S in keyof Responses & (200 | 201 | 202)]: JsonOf<Responses[S]> } extends infer Bodies
    ? [keyof Bodies] extends [never]
      ? undefined
      : Bodies[keyof Bodies]
    : never
  : never

/** The answer to a GET of `P`. */
export type Answer<P extends PathOf<'get'>> = AnswerOf<Operation<'get', P>>

// What pages speak of by name.
export type Lesson = Schema<'Lesson'>
export type LessonState = Lesson['state']
export type LessonPage = Answer<'/api/v1/lessons'>
/** A lesson with the addresses of its media, null while there is nothing to play. */
export type OpenLesson = Answer<'/api/v1/lessons/{id}'>
