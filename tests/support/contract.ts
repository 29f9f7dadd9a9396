// What docs/api.yaml says of answers. Every answer of /api/v1 that a test gets, by itself or
// in a page, is held against it (contract_setup.ts): one that is not described there fails
// the test. Members that are not described are faults, too.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { BrowserContext } from 'playwright-core';
import { parse } from 'yaml';
import { top } from './top.ts';

type Json = { [name: string]: unknown };

interface Parameter { name: string; in: string; required?: boolean; schema: { type?: string } }
interface Media { schema?: Json }
interface Response { content?: Record<string, Media> }
interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: Response;
  security?: object[];
  responses: Record<string, Response>;
}

export interface Route {
  method: string;
  /** "/api/v1/lessons/{id}" */
  path: string;
  pattern: RegExp;
  operation: Operation;
}

export interface Answer {
  method: string;
  path: string;
  status: number;
  type: string;
  /** Undefined when it cannot be had any more. */
  body: string | undefined;
}

/** `value` of `document` without references; there are no circles. */
function inlined(document: Json, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => inlined(document, one));
  if (value === null || typeof value !== 'object') return value;
  const { $ref, ...rest } = value as Json;
  const own = Object.fromEntries(Object.entries(rest).map(([name, one]) => [name, inlined(document, one)]));
  if (typeof $ref !== 'string') return own;
  const found = $ref.slice(2).split('/').reduce((at, name) => at[name] as Json, document);
  return { ...inlined(document, found) as Json, ...own };
}

/** A schema that also refuses members that it does not tell of. @part: others add some. */
function closed(schema: Json, part = false): Json {
  const each = (map: unknown) => Object.fromEntries(
    Object.entries(map as Record<string, Json>).map(([name, one]) => [name, closed(one)]));
  const { properties, items, additionalProperties: more, allOf, oneOf } = schema as Record<string, Json & Json[]>;
  return {
    ...schema,
    ...(properties && { properties: each(properties) }),
    ...(items && { items: closed(items) }),
    ...(more && typeof more === 'object' && { additionalProperties: closed(more) }),
    ...(oneOf && { oneOf: oneOf.map((one) => closed(one)) }),
    ...(allOf && { allOf: allOf.map((one) => closed(one, true)) }),
    ...((properties || allOf) && !more && !part && { unevaluatedProperties: false }),
  };
}

/** The route's path as the server takes it: what stands for a number is digits. */
function pattern(path: string, { parameters }: Operation): RegExp {
  return new RegExp(`^${path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const found = parameters?.find((one) => one.in === 'path' && one.name === name);
    return found?.schema.type === 'integer' ? '[1-9]\\d*' : '[^/]+';
  })}$`);
}

/** Those of /api/v1; of two that fit, the one with fewer parameters comes first. */
function read(): { routes: Route[]; problem: Media } {
  const document = parse(readFileSync(join(top, 'docs/api.yaml'), 'utf8')) as Json;
  const { paths, components } = inlined(document, document) as
    { paths: Record<string, Record<string, Operation>>; components: { schemas: { Problem: Json } } };
  const all = Object.entries(paths).filter(([path]) => path.startsWith('/api/v1/'))
    .flatMap(([path, operations]) => Object.entries(operations).map(([method, operation]) =>
      ({ method: method.toUpperCase(), path, pattern: pattern(path, operation), operation })))
    .sort((a, b) => a.path.split('{').length - b.path.split('{').length);
  return { routes: all, problem: { schema: components.schemas.Problem } };
}

let known: ReturnType<typeof read> | undefined;
const contract = () => (known ??= read());
export const routes = (): Route[] => contract().routes;

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false, strictTypes: false });
addFormats(ajv).addFormat('int64', true);
const validators = new Map<Media, ValidateFunction>();

function validator(media: Media): ValidateFunction | undefined {
  if (media.schema === undefined) return undefined;
  const validate = validators.get(media) ?? ajv.compile(closed(media.schema));
  validators.set(media, validate);
  return validate;
}

function faultOfJson(validate: ValidateFunction, body: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return `is no JSON: ${body.slice(0, 200)}`;
  }
  if (validate(value)) return null;
  const faults = validate.errors!.map(({ instancePath, message, params }) =>
    `body${instancePath} ${message} ${JSON.stringify(params)}`);
  return `${[...new Set(faults)].slice(0, 8).join(', ')} in ${body.slice(0, 500)}`;
}

function faultOfBody({ content }: Response, { type, body }: Answer): string | null {
  if (content === undefined) return body ? 'has a body' : null;
  const name = type.split(';')[0]!.trim();
  const media = content[name] ?? content[name.replace(/[^/]*$/, '*')];
  if (media === undefined) return `is ${name || 'of no type'}`;
  const validate = name.endsWith('json') ? validator(media) : undefined;
  return validate && body !== undefined ? faultOfJson(validate, body) : null;
}

/** Where nothing is described, the server has no such address, or does not take that method. */
function faultOfNothing(answer: Answer): string | null {
  const there = routes().some(({ pattern }) => pattern.test(answer.path));
  if (answer.status !== (there ? 405 : 404)) return 'is an address that is not described';
  return faultOfBody({ content: { 'application/problem+json': contract().problem } }, answer);
}

/** Returns: what of the answer is not as it is described; null: nothing. */
export function faultOf(answer: Answer): string | null {
  const route = routes().find(({ method, pattern }) => method === answer.method && pattern.test(answer.path));
  const response = route?.operation.responses[answer.status];
  const fault = route === undefined ? faultOfNothing(answer)
    : response === undefined ? 'is not described' : faultOfBody(response, answer);
  return fault && `${answer.method} ${answer.path}: ${answer.status} ${fault}`;
}

/** Whether the schemas are schemas: throws at a word that is none. */
export function compile(): void {
  for (const { operation } of routes())
    for (const { content } of [...Object.values(operation.responses), operation.requestBody ?? {}])
      for (const media of Object.values(content ?? {})) validator(media);
}

// --- What was answered ---

const faults: string[] = [];
let looking: Promise<void>[] = [];

function look(method: string, url: string, status: number, type: string | null | undefined,
  body: () => Promise<string>): void {
  const { pathname } = new URL(url, 'http://127.0.0.1');
  if (!pathname.startsWith('/api/v1/')) return;
  looking.push(body().catch(() => undefined).then((text) => {
    const fault = faultOf({ method, path: pathname, status, type: type ?? '', body: text });
    if (fault !== null) faults.push(fault);
  }));
}

/** Returns: the faults since the last call. */
export async function takeFaults(): Promise<string[]> {
  const pending = looking;
  looking = [];
  await Promise.all(pending);
  return faults.splice(0);
}

/** Has what fetch() brings looked at from now on. */
export function watchFetch(): void {
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const response = await real(input, init);
    const method = (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase();
    const copy = response.clone();
    look(method, response.url, response.status, response.headers.get('content-type'), () => copy.text());
    return response;
  };
}

/** The same of what pages of @context get, and what is asked on their behalf. */
export function watchContext(context: BrowserContext): void {
  context.on('response', (response) =>
    look(response.request().method(), response.url(), response.status(), response.headers()['content-type'],
      async () => (await response.body()).toString()));
  const { request } = context;
  const real = request.fetch.bind(request);
  request.fetch = async (url, options) => {
    const response = await real(url, options);
    const method = options?.method ?? (typeof url === 'string' ? 'GET' : url.method());
    look(method.toUpperCase(), response.url(), response.status(), response.headers()['content-type'],
      () => response.text());
    return response;
  };
}
