/** What can be done about a member. */
export type Task = 'change' | 'move' | 'certificate' | 'password' | 'card' | 'card-end' | 'unmask' | 'standing'
