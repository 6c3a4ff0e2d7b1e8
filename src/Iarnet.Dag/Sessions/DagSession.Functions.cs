using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Iarnet.Dag;

namespace Iarnet;

public sealed partial class DagSession
{
    // By delegate first: the compiler caches those of method groups, and asking a delegate for its method is slow.
    private readonly ConditionalWeakTable<Delegate, SessionFunction> _byDelegate = [];
    private readonly ConditionalWeakTable<Delegate, SessionFunction> _variadicByDelegate = [];
    private readonly ConcurrentDictionary<FunctionEntry, SessionFunction> _functions = new();

    internal SessionFunction Resolve(FunctionRef function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (function.Definition is { } definition)
        {
            return Of(Engine.EntryOf(definition));
        }

        var body = function.TypedBody.Body!;
        return function.ParameterCount < 0 ? ResolveVariadic(body) : Resolve(body);
    }

    private SessionFunction Resolve(Delegate function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (_byDelegate.TryGetValue(function, out var known))
        {
            return known;
        }

        var found = Of(Engine.EntryOf(function, variadic: false));
        _byDelegate.AddOrUpdate(function, found);
        return found;
    }

    private SessionFunction ResolveVariadic(Delegate function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (_variadicByDelegate.TryGetValue(function, out var known))
        {
            return known;
        }

        var found = Of(Engine.EntryOf(function, variadic: true));
        _variadicByDelegate.AddOrUpdate(function, found);
        return found;
    }

    private SessionFunction Of(FunctionEntry entry) => _functions.GetOrAdd(entry, static entry => new SessionFunction(entry));
}
