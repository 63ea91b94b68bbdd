/**
 * The chat module that SpacetimeDB or the embedded host runs.
 *
 * `set_name`, `send_message` and the tables `user` and `message` are those of SpacetimeDB's chat tutorial. Everything
 * else is for clients that know this module. The database offers what this file exports.
 */
export { default } from './schema.ts';
export { approve_user, set_admission } from './admission.ts';
export { block_person, ownBlocks, unblock_person } from './blocks.ts';
export { delete_own_message, edit_message, message_versions, set_edit_limit } from './edits.ts';
export { set_flood_limits, set_room_limits } from './flood.ts';
export { import_messages, import_people } from './import.ts';
export { import_details } from './import-details.ts';
export { send_message } from './messages.ts';
export {
  ban_user,
  delete_message,
  mute_user,
  restore_message,
  unban_user,
  unmute_user,
} from './moderation.ts';
export { set_name_release, sign_out } from './name-release.ts';
export { init, onConnect, onDisconnect, set_name } from './people.ts';
export { pin_message, unpin_message } from './pins.ts';
export { add_reaction, remove_reaction } from './reactions.ts';
export { count_unread, mark_read, ownReadMarks } from './read-marks.ts';
export { send_reply } from './replies.ts';
export { close_reports, openReports, report_message } from './reports.ts';
export { apply_retention, set_retention } from './retention.ts';
export { search_messages } from './search.ts';
export { appoint_moderator, dismiss_moderator } from './staff.ts';
export { set_room_title } from './title.ts';
export { set_typing } from './typing.ts';
export { moderationLog, ownAdmissions, roomSettings, roomStaff, standing, waitingPeople } from './views.ts';
