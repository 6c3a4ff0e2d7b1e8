using Iarnet.Actors;
using Iarnet.Functions;

namespace Iarnet;

/// <summary>
/// Runs .NET functions on the thread pool of this process, without encoding anything. A group's replicas times its concurrency is how
/// many calls it runs at the same time; they share one queue, so that no call waits behind a slow one while a thread is free.
/// Resources that a function asks for are not enforced. Thread-safe.
/// </summary>
/// <param name="time">The clock that measures how long functions run; null for the system's.</param>
public sealed class InProcessActorHost(TimeProvider? time = null) : IActorHost
{
    /// <summary>Whether the language is <see cref="FunctionLanguages.DotNet"/>.</summary>
    public bool Supports(string language) => language == FunctionLanguages.DotNet;

    /// <inheritdoc/>
    public IActorGroup StartGroup(ActorGroupSpec spec, IActorGroupObserver observer)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(observer);
        return new Dag.InProcessGroup(spec, observer, time ?? TimeProvider.System);
    }
}
