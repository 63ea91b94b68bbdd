/**
 * The script that pages include. It contains no code: shared modules import each other by hashed file names,
 * so there is a single copy however this script was loaded.
 */
import './define.ts';
