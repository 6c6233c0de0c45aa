"""One sentence of general knowledge per stage, for a newcomer: no fact about the toured program, set in italics."""

from __future__ import annotations

from tracer.stages import Stage

GENERAL: dict[Stage, str] = {
    Stage.CONFIG: "Configuration is what a user can change about a run without editing its code.",
    Stage.DATA: "Training code usually takes data in batches, groups of examples that go through the model together.",
    Stage.MODEL: "A model is a function with parameters, numbers that training changes so that its output gets better.",
    Stage.TRAIN_LOOP: "A training loop repeats: predict, measure the error, compute gradients, update the parameters.",
    Stage.FORWARD: "The forward pass computes the model's output from its input.",
    Stage.LOSS: "The loss is one number that says how wrong the output is; training tries to make it small.",
    Stage.BACKWARD: "The backward pass computes how the loss would change if each parameter changed a little.",
    Stage.OPTIMIZER_STEP: "An optimizer step uses the gradients to change the parameters so that the loss should fall.",
    Stage.EVALUATION: "Evaluation measures the model without training it, best on data that training has not used.",
    Stage.CHECKPOINT: "A checkpoint is a file with the state of a model, to use it or train it further later.",
    Stage.ROLLOUT: "In a rollout a policy acts in an environment, and what happens is collected to learn from.",
    Stage.INFERENCE: "Inference applies a trained model to get answers.",
    Stage.LOGGING: "Logging keeps figures of a run so that runs can be compared.",
}
