import type {NativeEvent, OutputBlock} from './binding.ts';
import type {Block} from './block.ts';
import type {Door} from './door.ts';

export type TakenBlock = Omit<OutputBlock, 'block'> & {block: Block};

/** Held while it is told; whoever needs it longer retains it. */
export const tellBlock = (
	door: Door,
	{type: _, id: __, block: lent, ...rest}: Extract<NativeEvent, {type: 'block'}>,
	tell: (made: TakenBlock) => void,
): void => {
	const block = door.take(lent);
	try {
		tell({block, ...rest});
	} finally {
		block.release();
	}
};
