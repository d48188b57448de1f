//! Training: the model from the data itself, without labels.
