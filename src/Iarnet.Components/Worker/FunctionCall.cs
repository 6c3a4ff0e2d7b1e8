using Iarnet.Components.Protocol;
using Iarnet.Objects;
using Iarnet.Store;

namespace Iarnet.Components.Worker;

/// <summary>A call that runs in this component: its arguments, its result, its cancellation. Used by one thread, but for its cancellation.</summary>
public sealed class FunctionCall
{
    private static readonly EncodedValue Null = new(new Payload(CodecNames.Json, "null"u8.ToArray()));

    private readonly EncodedValue[] _arguments;
    private readonly IObjectSpace _space;
    private readonly IObjectReader _reader;
    private readonly CodecRegistry _codecs;
    private readonly Lock _lock = new();
    private List<ObjectLease>? _leases;
    private CancellationTokenSource? _cancellation;
    private bool _canceled;

    internal FunctionCall(in InvokeCommand invoke, LoadedFunction function, CallEnvironment environment, long queuedAt)
    {
        Id = invoke.CallId;
        Traceparent = invoke.Traceparent;
        Function = function;
        QueuedAt = queuedAt;
        _arguments = invoke.Arguments;
        _space = environment.Space;
        _reader = environment.Reader;
        _codecs = environment.Codecs;
    }

    /// <summary>How many arguments it has.</summary>
    public int ArgumentCount => _arguments.Length;

    /// <summary>Cancelled when nobody waits for the result any more.</summary>
    public CancellationToken Cancellation
    {
        get
        {
            lock (_lock)
            {
                // Made only for functions that ask: most do not.
                _cancellation ??= new CancellationTokenSource();
                if (_canceled)
                {
                    _cancellation.Cancel();
                }

                return _cancellation.Token;
            }
        }
    }

    internal ulong Id { get; }

    internal string Traceparent { get; }

    internal LoadedFunction Function { get; }

    internal long QueuedAt { get; }

    internal EncodedValue Result { get; private set; } = Null;

    internal bool IsCanceled
    {
        get
        {
            lock (_lock)
            {
                return _canceled;
            }
        }
    }

    /// <summary>Decodes an argument. Memory in it may be that of the store: it is valid until the call ends.</summary>
    /// <exception cref="CodecException">The argument is not an encoded <typeparamref name="T"/>.</exception>
    /// <exception cref="ObjectNotFoundException">The argument lies in a store and is not there any more.</exception>
    public T GetArgument<T>(int index)
    {
        ref readonly var argument = ref _arguments[index];
        if (!argument.IsReference)
        {
            return _codecs.Decode<T>(argument.Payload);
        }

        // The thread is the call's own, so it may wait.
        var lease = _reader.GetAsync(argument.Reference).AsTask().GetAwaiter().GetResult();
        (_leases ??= []).Add(lease);
        return _codecs.Decode<T>(new Payload(lease.Codec, lease.Memory));
    }

    /// <summary>Encodes the result; a large one is put in the store. A call without a result has the result null.</summary>
    /// <exception cref="CodecException">The value has no encoded form.</exception>
    /// <exception cref="StoreFullException">The store has no room, after a bounded wait.</exception>
    public void SetResult<T>(T value)
    {
        var encoding = _space.EncodeAsync(value);
        Result = encoding.IsCompletedSuccessfully ? encoding.Result : encoding.AsTask().GetAwaiter().GetResult();
    }

    internal void Cancel()
    {
        CancellationTokenSource? cancellation;
        lock (_lock)
        {
            _canceled = true;
            cancellation = _cancellation;
        }

        // Not on this thread, which is the bus's: callbacks of user code run in it.
        _ = cancellation?.CancelAsync();
    }

    /// <summary>Gives back the memory of arguments.</summary>
    internal void End()
    {
        if (_leases is null)
        {
            return;
        }

        foreach (var lease in _leases)
        {
            lease.Dispose();
        }
    }
}
