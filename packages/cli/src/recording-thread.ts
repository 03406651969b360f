/** What the recording thread runs: one bundle, without what only the main thread needs. */
import "@pyspy/sampler/recording-worker";
