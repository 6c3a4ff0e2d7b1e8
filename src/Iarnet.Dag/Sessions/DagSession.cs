using System.Diagnostics;
using Iarnet.Dag;

namespace Iarnet;

/// <summary>
/// One run of an application against the engine: it owns one DAG, to which calls and values are added while it runs.
/// Thread-safe. Disposing it cancels what has not ended and releases every object it holds in a store.
/// </summary>
public sealed partial class DagSession : IAsyncDisposable
{
    private readonly SessionOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly long _openedAt;

    internal DagSession(DagEngine engine, string name, SessionOptions options)
    {
        Engine = engine;
        Name = name;
        _options = options;
        Token = _stopping.Token;
        Trace = Activity.Current?.Context ?? default;
        _openedAt = engine.Time.GetTimestamp();
        Graph = new DagGraph(this);
        StartTimeout();
    }

    /// <summary>The name that it was opened with.</summary>
    public string Name { get; }

    /// <summary>The DAG node by node, with names: for programs that describe a graph instead of calling functions.</summary>
    public DagGraph Graph { get; }

    internal DagEngine Engine { get; }

    internal CancellationToken Token { get; }

    internal ActivityContext Trace { get; }

    /// <summary>Adds a value. It stays in this process until a call elsewhere needs it; then it is encoded, once.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <exception cref="CallCanceledException">The session was closed or cancelled.</exception>
    public DataRef<T> Put<T>(T value)
    {
        ThrowIfClosed();
        return new DataRef<T>(this, value);
    }

    /// <summary>
    /// Calls a function whose one parameter is an array with any number of inputs, each the result of a call or a value that was put.
    /// </summary>
    /// <typeparam name="T">The type of each input.</typeparam>
    /// <typeparam name="TR">The type of the result.</typeparam>
    /// <param name="function">A static method, or a lambda that captures nothing.</param>
    /// <param name="inputs">The inputs, in the order in which the array has them. The list is copied.</param>
    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> CallAll<T, TR>(Func<T[], TR> function, IReadOnlyList<DataRef<T>> inputs) =>
        Add(new VariadicNode<T, TR>(this, ResolveVariadic(function), new(function, CallKind.Value), new DataRef<TR>(this), OwnAll(inputs)));

    /// <inheritdoc cref="CallAll{T,TR}(Func{T[],TR},IReadOnlyList{DataRef{T}})"/>
    public DataRef<TR> CallAll<T, TR>(Func<T[], Task<TR>> function, IReadOnlyList<DataRef<T>> inputs) =>
        Add(new VariadicNode<T, TR>(this, ResolveVariadic(function), new(function, CallKind.Task), new DataRef<TR>(this), OwnAll(inputs)));

    /// <inheritdoc cref="CallAll{T,TR}(Func{T[],TR},IReadOnlyList{DataRef{T}})"/>
    public DataRef<TR> CallAll<T, TR>(Func<T[], CancellationToken, Task<TR>> function, IReadOnlyList<DataRef<T>> inputs) =>
        Add(new VariadicNode<T, TR>(this, ResolveVariadic(function), new(function, CallKind.CancelableTask), new DataRef<TR>(this), OwnAll(inputs)));

    /// <inheritdoc cref="CallAll{T,TR}(Func{T[],TR},IReadOnlyList{DataRef{T}})"/>
    public DataRef<TR> CallAll<T, TR>(VariadicFunctionRef<T, TR> function, IReadOnlyList<DataRef<T>> inputs) =>
        Add(new VariadicNode<T, TR>(this, Resolve(function), function.TypedBody, new DataRef<TR>(this), OwnAll(inputs)));

    internal void Add(ControlNode call)
    {
        ThrowIfClosed();
        Engine.Loop.Enqueue(call);
    }

    private DataRef<TR> Add<TR>(ResultNode<TR> call)
    {
        var result = call.Result;
        Add((ControlNode)call);
        return result;
    }

    private DataRef<T>[] OwnAll<T>(IReadOnlyList<DataRef<T>> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var own = new DataRef<T>[inputs.Count];
        for (var i = 0; i < own.Length; i++)
        {
            own[i] = Own(inputs[i]);
        }

        return own;
    }

    private DataRef<T> Own<T>(DataRef<T> input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!ReferenceEquals(input.Session, this))
        {
            throw new InvalidGraphException(
                GraphFault.ForeignNode,
                $"An argument is a result of session '{input.Session.Name}', the call one of session '{Name}'. Await the result and pass its value, or make both calls in one session.");
        }

        return input;
    }
}
