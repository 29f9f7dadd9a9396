/** How a member follows a lesson on this page. */
export type ListeningMode = 'video' | 'audio'
