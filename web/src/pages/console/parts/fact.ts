/** A name and what it is; what a machine wrote is of no language. */
export type Fact = readonly [name: string, value: string, by?: 'machine']
