using System.Runtime.CompilerServices;
using Iarnet.Dag;
using Iarnet.Objects;

namespace Iarnet;

/// <summary>
/// The result of a call, or a value that was put: it can be awaited, given to other calls before it is there, and released.
/// Thread-safe. Values that stay in this process are shared, not copied: whoever reads one must not change it.
/// </summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed partial class DataRef<T> : DataRef
{
    private T? _value;
    private volatile bool _hasValue;

    // Null, a running Task<EncodedValue>, or the EncodedForm.
    private object? _encoded;

    internal DataRef(DagSession session)
        : base(session, CallState.Pending)
    {
    }

    internal DataRef(DagSession session, T value)
        : base(session, CallState.Done)
    {
        _value = value;
        _hasValue = true;
    }

    internal override EncodedForm? EncodedForm => Volatile.Read(ref _encoded) as EncodedForm;

    /// <summary>The value; only for calls whose inputs are ready and local.</summary>
    internal T Value => _value!;

    /// <summary>Makes the reference awaitable: as <see cref="GetAsync"/> without a token.</summary>
#pragma warning disable CA2012 // The awaiter is the one consumer of the value task.
    public ValueTaskAwaiter<T> GetAwaiter() => GetAsync().GetAwaiter();
#pragma warning restore CA2012

    /// <summary>Waits for the value and fetches it when it lies in a store. May be called many times, by many.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the call.</param>
    /// <exception cref="FunctionFailedException">The function, or one that it depends on, threw.</exception>
    /// <exception cref="CallCanceledException">The call, its session or its engine was cancelled or closed.</exception>
    /// <exception cref="CallTimeoutException">The call or its session ran out of time.</exception>
    /// <exception cref="PlacementException">Nothing could be started to run the function.</exception>
    /// <exception cref="ComponentLostException">The components that ran it died, more often than it may be run again.</exception>
    /// <exception cref="ObjectDisposedException">The reference was released.</exception>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken = default)
    {
        if (State == CallState.Done && _hasValue && !IsDisposed)
        {
            var value = _value!;
            if (!IsReleased)
            {
                return new ValueTask<T>(value);
            }
        }

        return WaitAndGetAsync(cancellationToken);
    }

    private async ValueTask<T> WaitAndGetAsync(CancellationToken cancellationToken)
    {
        ThrowIfReleased(IsDisposed);
        await WhenEndedAsync(cancellationToken).ConfigureAwait(false);
        if (Failure is { } failure)
        {
            throw failure.ToException();
        }

        if (!_hasValue)
        {
            ThrowIfReleased(IsReleased || EncodedForm?.Held is { IsReleased: true });
            await DecodeAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        var value = _value!;
        ThrowIfReleased(IsReleased);
        return value;
    }

    private void ThrowIfReleased(bool released)
    {
        if (released)
        {
            throw new ObjectDisposedException(
                nameof(DataRef<>),
                $"The result was released: its DataRef was disposed, or its session '{Session.Name}' ended. Read it before.");
        }
    }

    /// <summary>What the function returned in this process. Published to others by the queue of the loop.</summary>
    internal void SetValue(T value)
    {
        _value = value;
        _hasValue = true;
    }

    internal override void SetEncoded(in EncodedValue value) => Volatile.Write(ref _encoded, Form(value));

    private protected override void DropValue()
    {
        _hasValue = false;
        _value = default;
    }

    private EncodedForm Form(in EncodedValue value)
    {
        if (!value.IsReference)
        {
            return new EncodedForm(value, null);
        }

        var held = new HeldObject(Session, value.Reference);
        Session.Engine.Loop.Enqueue(held);
        return new EncodedForm(value, new HeldObjectGuard(held));
    }
}
