import type { InspectResult } from './models.js';
import type { ClassAccuracy } from './records.js';
import type { SplitName } from './terms.js';

/** Looks for data near a model that has no `lethe.json`. */
export interface FindDataRequest {
  readonly model: string;
  /** The folder to stay in: the workspace's. */
  readonly root: string;
  /** Looks at this file or folder alone, which the user chose; it may lie outside of `root`. */
  readonly at?: string;
  /** Lets data lie outside of the folders that a `lethe.json` of the model may lie in. */
  readonly allowOutside?: boolean;
}

/** Tries a `lethe.json` before it is written. */
export interface CheckSetupRequest {
  readonly model: string;
  /** The folder that `lethe.json` would lie in. */
  readonly folder: string;
  /** What it would hold, as JSON. */
  readonly config: string;
  readonly allowOutside?: boolean;
  /** Samples to evaluate; default 200. */
  readonly samples?: number;
  readonly threads?: number;
}

export interface WriteSetupRequest {
  readonly folder: string;
  readonly config: string;
  readonly overwrite?: boolean;
  readonly allowOutside?: boolean;
}

/** Data that was found near a model. */
export interface DataCandidate {
  /** For people: `MNIST-style pair`, `train-images-idx3-ubyte.gz + train-labels-idx1-ubyte.gz`. */
  readonly title: string;
  readonly detail: string;
  /** Which split its name suggests. */
  readonly split: SplitName | null;
  /**
   * The entry of `data` in `lethe.json`, paths relative to the folder that `FindDataResult` names. One that begins with `../`
   * asks for a `lethe.json` one folder up.
   */
  readonly source: { readonly format: string; readonly [setting: string]: unknown };
  /** What `input` in `lethe.json` has to say of layout, size and channels for this data. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly samples: number;
  /** [height, width, channels] or [features], as stored. */
  readonly shape: readonly number[];
  readonly classes: readonly string[] | null;
  /** Number of different labels that occur. */
  readonly labelCount: number;
  /** Mean and standard deviation of its values scaled to 0..1: one each for every channel of an image, one for rows of numbers. */
  readonly statistics: { readonly mean: readonly number[]; readonly std: readonly number[] } | null;
  /** Why it does not fit the model's input or classes; null if it does. */
  readonly problem: string | null;
}

export interface FindDataResult {
  /** The folder that `lethe.json` should lie in. */
  readonly folder: string;
  /** The folder above it, where `lethe.json` is found too; null if that leads out of the root. */
  readonly above: string | null;
  readonly input: InspectResult['input'];
  readonly classCount: number | null;
  /** Those that fit first. */
  readonly candidates: readonly DataCandidate[];
  /** Whether the search was cut short, because there are too many files or it took too long. */
  readonly truncated: boolean;
  /** A text file near the model with as many names as it has outputs; its path is as in `DataCandidate.source`. */
  readonly classFile: { readonly path: string; readonly classes: readonly string[] } | null;
}

export interface CheckSetupResult {
  readonly accuracy: number;
  /** What guessing would reach. */
  readonly chance: number;
  readonly samples: number;
  readonly perClass: readonly ClassAccuracy[];
  /** A warning where the accuracy is near chance. */
  readonly warning: string | null;
  /** What `input` should say of range, mean, std and channelOrder instead (all four: one left out is the default), best first. */
  readonly suggestions: readonly {
    readonly input: Readonly<Record<string, unknown>>;
    /** `values 0..255`, `ImageNet mean and std, BGR`. */
    readonly title: string;
    /** On the same samples as the accuracy above. */
    readonly accuracy: number;
  }[];
  /** What the network sees, one sample a class: its lowest value is black and its highest white, the colours in their order. */
  readonly previews: readonly {
    readonly class: string;
    readonly predicted: string;
    /** Pixels of `image`, which is enlarged where the sample is small. */
    readonly width: number;
    readonly height: number;
    /** PNG. */
    readonly image: Uint8Array;
  }[];
  /** Smallest and largest value, and the mean, of the tensor that is fed. */
  readonly values: { readonly min: number; readonly max: number; readonly mean: number };
}

export interface WriteSetupResult {
  readonly file: string;
}

/** What the panel "What the network sees" shows; the extension host owns it. */
export interface SetupView {
  /** File name of the model. */
  readonly model: string;
  /** What was tried, in a few words each: the data, the values, mean and std. */
  readonly settings: readonly string[];
  readonly result: Omit<CheckSetupResult, 'previews'> & {
    readonly previews: readonly (Omit<CheckSetupResult['previews'][number], 'image'> & {
      /** A `data:` address. */
      readonly image: string;
    })[];
  };
  /** What is being done now, null while the user is to choose. */
  readonly busy: string | null;
}

export type ToSetup = { readonly kind: 'show'; readonly view: SetupView };

export type FromSetup =
  | { readonly kind: 'ready' }
  /** Takes the suggestion of this index and checks again. */
  | { readonly kind: 'use'; readonly suggestion: number }
  | { readonly kind: 'write' }
  | { readonly kind: 'change' };
