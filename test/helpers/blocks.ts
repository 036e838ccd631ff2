import {Block} from '../../lib/native/block.ts';

let lastId = 0;

/** A block of zeros that nobody lent. */
export const manualBlock = (bytes = 100, onFree: () => void = () => {}): Block =>
	new Block({id: ++lastId, data: new ArrayBuffer(bytes)}, {giveBack: onFree, send: () => 0});

/** Whether nobody holds it any more. */
export const isFree = (block: {retain(): void; release(): void}): boolean => {
	try {
		block.retain();
		block.release();
		return false;
	} catch {
		return true;
	}
};
