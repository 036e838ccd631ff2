import {Block} from '../../lib/native/block.ts';

let lastId = 0;

/** A block of zeros that nobody lent. */
export const manualBlock = (bytes = 100, onFree: () => void = () => {}): Block =>
	new Block({id: ++lastId, data: new ArrayBuffer(bytes)}, onFree);
