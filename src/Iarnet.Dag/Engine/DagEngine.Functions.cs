using System.Collections.Concurrent;
using System.Reflection;
using Iarnet.Actors;
using Iarnet.Dag;
using Iarnet.Functions;

namespace Iarnet;

public sealed partial class DagEngine
{
    private readonly Lock _functionsLock = new();
    private readonly ConcurrentDictionary<string, FunctionEntry> _functions = new();
    private readonly ConcurrentDictionary<(MethodInfo Method, bool Variadic), FunctionEntry> _methods = new();
    private readonly ConcurrentDictionary<string, GroupState> _groups = new();

    /// <summary>Makes a function known. Saying the same again does nothing.</summary>
    /// <exception cref="FunctionConflictException">A function of this id is known with other options, or its group is another kind of group.</exception>
    /// <exception cref="FunctionNotSupportedException">No actor host runs its language.</exception>
    public void Register(FunctionDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        EntryOf(definition);
    }

    /// <summary>
    /// Says how a method is run, before its first call. Later calls of it, by every session, find these options.
    /// A method whose one parameter is an array has them for both ways to call it.
    /// </summary>
    /// <param name="function">A static method, or a lambda that captures nothing.</param>
    /// <param name="configure">Says how.</param>
    /// <exception cref="FunctionConflictException">The method is known with other options, or its group is another kind of group.</exception>
    /// <exception cref="FunctionNotSupportedException">The function captures variables, is not static, is generic, or no actor host runs it.</exception>
    public FunctionDefinition AddFunction(Delegate function, Action<FunctionOptionsBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var builder = new FunctionOptionsBuilder();
        configure?.Invoke(builder);
        var method = MethodFunctions.MethodOf(function);
        var definition = MethodFunctions.Define(method, builder.Build(), variadic: false);
        EntryOf(definition);
        if (method.GetParameters() is [{ ParameterType.IsSZArray: true }, ..])
        {
            EntryOf(MethodFunctions.Define(method, definition.Options, variadic: true));
        }

        return definition;
    }

    internal FunctionEntry EntryOf(Delegate function, bool variadic)
    {
        var method = MethodFunctions.MethodOf(function);
        return _methods.TryGetValue((method, variadic), out var known)
            ? known
            : EntryOf(MethodFunctions.Define(method, FunctionOptions.Default, variadic));
    }

    internal FunctionEntry EntryOf(FunctionDefinition definition)
    {
        if (_functions.TryGetValue(definition.Id, out var known) && ReferenceEquals(known.Definition, definition))
        {
            return known;
        }

        lock (_functionsLock)
        {
            if (_functions.TryGetValue(definition.Id, out known))
            {
                return known.Definition.Options == definition.Options
                    ? known
                    : throw new FunctionConflictException(
                        $"Function '{definition.Name}' is known with other options: it was called or added before. Add it once, before its first call.");
            }

            var entry = new FunctionEntry(definition, GroupOf(definition));
            _functions[definition.Id] = entry;
            if (definition.Code is DotNetMethodCode code)
            {
                _methods[(code.Method, definition.IsVariadic)] = entry;
            }

            return entry;
        }
    }

    private GroupState GroupOf(FunctionDefinition definition)
    {
        var options = definition.Options;
        var min = options.MinReplicas ?? _options.DefaultReplicas;
        var spec = new ActorGroupSpec(
            definition.GroupName, definition.Language, options.Resources, min, Math.Max(min, options.MaxReplicas ?? min), options.Concurrency);
        if (!_groups.TryGetValue(spec.Name, out var group))
        {
            var host = Array.Find(_hosts, host => host.Supports(spec.Language)) ?? throw new FunctionNotSupportedException(
                $"Function '{definition.Name}' is a {spec.Language} function, and none of the engine's {_hosts.Length} actor hosts runs that language. Add one that does.");
            group = _groups[spec.Name] = new GroupState(this, host, spec);
        }
        else if (group.Spec.Language != spec.Language
            || group.Spec.Resources != spec.Resources
            || group.Spec.Concurrency != spec.Concurrency
            || (options.MinReplicas is not null && (group.Spec.MinReplicas != spec.MinReplicas || group.Spec.MaxReplicas != spec.MaxReplicas)))
        {
            throw new FunctionConflictException(
                $"Function '{definition.Name}' asks for group '{spec.Name}' as {Describe(spec)}, but an earlier function made it {Describe(group.Spec)}. Give it the same options, or a group of its own.");
        }

        return group;
    }

    private static string Describe(ActorGroupSpec spec) =>
        $"({spec.Language}; {spec.Resources}; {spec.MinReplicas} to {spec.MaxReplicas} replicas; concurrency {spec.Concurrency})";
}
