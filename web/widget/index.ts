/**
 * The script that pages include. It holds no code: other files import what they share by its hashed name, so it stays a
 * single copy whatever address this script was loaded from.
 */
import './define.ts';
