/** The English texts that `Strings.translated` translates. Placeholders in braces mark the variable parts. */

/** The module's refusals. `npx vitest run --project node web/lib/i18n` compares the list with the module. */
type Refusal =
  | 'Names must not be empty'
  | 'Names must not have more than {count} characters'
  | 'Names must not change the direction of the text around them'
  | 'Names must not contain invisible or control characters'
  | 'That name has too many accents'
  | 'Messages must not be empty'
  | 'Messages must not have more than {count} characters'
  | 'Cannot set name for unknown user'
  | 'Many people are writing right now. Try again in {duration}'
  | 'Many people are choosing a name right now. Try again in {duration}'
  | 'Slow down a little. Try again in {duration}'
  | 'You just sent that. Wait {duration} to send it again'
  | 'You are already connected {count} times. Close one of your windows first'
  | 'You are banned from this room'
  | 'You are banned from this room: {reason}'
  | 'You are muted for another {duration}'
  | 'You are muted for another {duration}: {reason}'
  | 'Choose a name first. You can write {duration} later'
  | 'Choose a name first. A moderator then lets you write'
  | 'You can write once a moderator approves you'
  | 'You are new here. You can write in {duration}'
  | 'Only the owner of the room may do this'
  | 'Only moderators may do this'
  | 'Person not found'
  | 'Message not found'
  | 'Deleted message not found'
  | 'That message was deleted'
  | 'A message can be edited at most {count} times'
  | 'You can edit a message for {duration} after sending it'
  | 'Choose one emoji'
  | 'You can add at most {count} reactions to a message'
  | 'A message can have at most {count} different reactions'
  | 'That message has too many reactions'
  | 'Many people are reacting right now. Try again in {duration}'
  | 'At most {count} messages can be pinned. Unpin one first'
  | 'You cannot block yourself'
  | 'You can block at most {count} people'
  | 'You have reported that message already'
  | 'You have {count} open reports. Wait until the moderators have closed some'
  | 'There are too many open reports right now'
  | 'Report not found'
  | 'Enter what to search for'
  | 'Searches must not have more than {count} characters'
  | 'Messages must not be from the future'
  | 'Enter how long to mute them'
  | 'They are already a moderator'
  | 'They are not a moderator'
  | 'They are banned: lift the ban first'
  | 'They are not muted'
  | 'They are not banned'
  | 'They are not waiting for approval'
  | 'Moderators cannot be muted or banned'
  | 'Reasons must not have more than {count} characters'
  | 'The policy is “open”, “wait” or “approve”';

/** Where an address was set; part of an `AddressProblem`. */
type AddressPlace =
  | 'in config.json'
  | 'in your settings'
  | "in this page's URL"
  | 'that this page was built with'
  | 'of this chat';

/** Errors of `server-address.ts`. */
type AddressProblem =
  | 'This page could not check whether its site allows the server {server}, set {where}. Reload the page.'
  | 'This site does not allow the server {server}, set {where}. If a link brought you here, don’t trust it.'
  | 'The “title” {where} must be a text, such as {example}.'
  | 'The “servers” {where} must be a list of web addresses, such as {example}.'
  | 'The “rooms” {where} must be a list of different databases, such as {example}.'
  | 'The config.json beside this page is invalid. It should look like {example}.'
  | 'This page was not loaded from a web server, so it needs a server address: add ?uri=https://… to its URL.'
  | 'The server address {where} is not a web address: “{uri}”. Use an address such as https://chat.example.com.'
  | 'This secure page cannot use the insecure server “{uri}” set {where}. Use an https address.'
  | 'The database name “{database}” {where} is invalid. Use lowercase letters, digits and single hyphens, such as {example}.';

export type Translatable = Refusal | AddressPlace | AddressProblem;
