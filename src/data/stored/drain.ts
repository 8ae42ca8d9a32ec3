import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Sends a stream through a transform and hands each result on, one after the other. Ends in what `take` throws, where it does
 * (the pipeline itself may report that as its own abort), else in what the streams fail with.
 */
export async function drain<T>(
  source: Readable,
  transform: Transform,
  take: (part: T) => Promise<void>,
): Promise<void> {
  let thrown: { error: unknown } | undefined;
  try {
    await pipeline(source, transform, async (parts: AsyncIterable<T>) => {
      for await (const part of parts) {
        try {
          await take(part);
        } catch (error) {
          thrown = { error };
          throw error;
        }
      }
    });
  } catch (error) {
    throw thrown ? thrown.error : error;
  }
}
