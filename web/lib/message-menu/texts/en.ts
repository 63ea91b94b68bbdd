/** The texts of the message menu, replies, reactions and edits. */
export const en = {
  menuOf: (author: string) => `Message by ${author}`,
  actions: 'Message actions',
  more: 'More actions',
  reply: 'Reply',
  react: 'Add reaction',
  reactWith: (emoji: string) => `React with ${emoji}`,
  moreEmoji: 'More emoji',
  copyText: 'Copy text',
  copyLink: 'Copy link',
  linkCopied: 'Link copied',
  whoReacted: 'Who reacted',
  edit: 'Edit',
  /** `duration` is such as "60 minutes". */
  editTooLate: (duration: string) => `Only within ${duration} of sending`,
  delete: 'Delete',
  /** For moderators, who are asked for a reason. */
  deleteForAll: 'Delete…',
  muteOrBan: 'Mute or ban…',
  pin: 'Pin',
  unpin: 'Unpin',
  pinned: 'Pinned',
  history: 'Edit history',
  historyNow: 'Now',
  /** `time` is when the text was replaced. */
  historyUntil: (time: string) => `Until ${time}`,
  deleteQuestion: 'Delete this message?',
  deleteMore: 'It disappears for everyone and can’t be restored. Replies to it stay.',
  report: 'Report…',
  reportTitle: 'Report this message',
  reportMore: 'Moderators see the message, its author, your name and your reason.',
  /** The part in braces is set in grey. */
  reportReason: 'What is wrong with it? {(optional)}',
  sendReport: 'Report',
  reported: 'Thank you. The moderators will look at it.',
  block: (name: string) => `Block ${name}`,
  unblock: (name: string) => `Unblock ${name}`,
  blocked: (name: string) => `You no longer see messages by ${name}.`,
  unblocked: (name: string) => `You see messages by ${name} again.`,
  undo: 'Undo',
  blockedMessage: 'Message from a blocked person',
  show: 'Show',
  edited: 'edited',
  editedAt: (time: string) => `Edited ${time}`,
  savingEdit: 'Saving…',
  inReplyTo: (author: string, text: string) => `In reply to ${author}: ${text}`,
  quoteDeleted: 'Message deleted',
  quoteLoading: 'Loading…',
  notFound: 'That message was deleted.',
  notLoaded: 'Couldn’t load that message. Try again when you’re back online.',
  /** `people` is a list such as "Ann, Ben and you". */
  reacted: (count: string, emoji: string, people: string) =>
    `${count === '1' ? '1 person' : `${count} people`} reacted with ${emoji}: ${people}`,
  /** At the end of a list of people. */
  others: (count: string) => (count === '1' ? '1 other' : `${count} others`),
  reactedToYou: (name: string, emoji: string) => `${name} reacted to your message with ${emoji}`,
  repliedToYou: (name: string, text: string) => `${name} replied to you: ${text}`,
};

export type MessageTexts = typeof en;
