/** The sampler starts its recording thread from the file of this name beside the bundle that it is part of. */
import "@pyspy/sampler/recording-worker";
