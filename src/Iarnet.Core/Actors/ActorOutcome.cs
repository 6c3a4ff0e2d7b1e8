using Iarnet.Objects;

namespace Iarnet.Actors;

/// <summary>What became of a call.</summary>
public readonly struct ActorOutcome
{
    private ActorOutcome(ActorCall call, ActorOutcomeKind kind, EncodedValue value, RemoteError? error, Exception? exception, TimeSpan computeTime, bool mayHaveRun = true)
    {
        MayHaveRun = mayHaveRun;
        Call = call;
        Kind = kind;
        Value = value;
        Error = error;
        Exception = exception;
        ComputeTime = computeTime;
    }

    /// <summary>The call.</summary>
    public ActorCall Call { get; }

    /// <summary>How it ended.</summary>
    public ActorOutcomeKind Kind { get; }

    /// <summary>The result; meaningful only for <see cref="ActorOutcomeKind.Completed"/>.</summary>
    public EncodedValue Value { get; }

    /// <summary>What went wrong where it ran; only for <see cref="ActorOutcomeKind.Failed"/>.</summary>
    public RemoteError? Error { get; }

    /// <summary>What went wrong on this side (an argument that cannot be encoded, a lost component); may be null.</summary>
    public Exception? Exception { get; }

    /// <summary>
    /// Whether the call may have begun. Only a lost call that waited behind others has not: it did nothing, and is no suspect in the loss.
    /// </summary>
    public bool MayHaveRun { get; }

    /// <summary>How long the function itself ran.</summary>
    public TimeSpan ComputeTime { get; }

    /// <summary>The call has a result.</summary>
    public static ActorOutcome Completed(ActorCall call, in EncodedValue value, TimeSpan computeTime) =>
        new(call, ActorOutcomeKind.Completed, value, null, null, computeTime);

    /// <summary>The call failed where it ran.</summary>
    public static ActorOutcome Failed(ActorCall call, RemoteError error, TimeSpan computeTime) =>
        new(call, ActorOutcomeKind.Failed, default, error, null, computeTime);

    /// <summary>The call failed on this side.</summary>
    public static ActorOutcome Failed(ActorCall call, Exception exception) =>
        new(call, ActorOutcomeKind.Failed, default, RemoteError.From(exception), exception, TimeSpan.Zero);

    /// <summary>The call was cancelled.</summary>
    public static ActorOutcome Canceled(ActorCall call) =>
        new(call, ActorOutcomeKind.Canceled, default, null, null, TimeSpan.Zero);

    /// <summary>The actor was lost with the call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="reason">Why the actor was lost.</param>
    /// <param name="mayHaveRun">Whether the call may have begun.</param>
    public static ActorOutcome Lost(ActorCall call, Exception reason, bool mayHaveRun = true) =>
        new(call, ActorOutcomeKind.Lost, default, null, reason, TimeSpan.Zero, mayHaveRun);
}
