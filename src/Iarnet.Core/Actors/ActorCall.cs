using System.Diagnostics;
using Iarnet.Functions;

namespace Iarnet.Actors;

/// <summary>
/// One call on its way to an actor. The engine's control node is one, so that nothing is copied between them.
/// Reading is thread-safe; a call is with one actor at a time.
/// </summary>
public abstract class ActorCall
{
    /// <summary>Unique among the calls of a process.</summary>
    public abstract long Id { get; }

    /// <summary>What to run.</summary>
    public abstract FunctionDefinition Function { get; }

    /// <summary>
    /// How many arguments it has: as many as the function has parameters, or any number when it
    /// <see cref="FunctionDefinition.IsVariadic"/>.
    /// </summary>
    public abstract int ArgumentCount { get; }

    /// <summary>The argument at a position. All arguments have values when a call reaches an actor.</summary>
    public abstract IActorValue GetArgument(int index);

    /// <summary>How often the call was given to an actor before: 0 the first time.</summary>
    public abstract int Attempt { get; }

    /// <summary>Cancelled when nobody waits for the result any more. The actor passes it on to where the call runs.</summary>
    public abstract CancellationToken Cancellation { get; }

    /// <summary>The trace that the call belongs to; default when there is none.</summary>
    public virtual ActivityContext Trace => default;
}
