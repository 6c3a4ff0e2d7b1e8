using Iarnet.Dag;
using Iarnet.Objects;

namespace Iarnet;

public sealed partial class DataRef<T>
{
    internal override Task? EnsureLocal() => _hasValue ? null : DecodeAsync();

    /// <summary>Encodes once for all who ask. A failed attempt is forgotten, so that the next one may succeed (a full store).</summary>
    internal override ValueTask<EncodedValue> EncodeAsync(IObjectSpace space, CancellationToken cancellationToken)
    {
        var state = Volatile.Read(ref _encoded);
        if (state is null)
        {
            var mine = new TaskCompletionSource<EncodedValue>(TaskCreationOptions.RunContinuationsAsynchronously);
            state = Interlocked.CompareExchange(ref _encoded, mine.Task, null);
            if (state is null)
            {
                return EncodeFirstAsync(space, mine, cancellationToken);
            }
        }

        return state is EncodedForm form
            ? new ValueTask<EncodedValue>(form.Value)
            : new ValueTask<EncodedValue>(((Task<EncodedValue>)state).WaitAsync(cancellationToken));
    }

    private ValueTask<EncodedValue> EncodeFirstAsync(IObjectSpace space, TaskCompletionSource<EncodedValue> mine, CancellationToken cancellationToken)
    {
        ValueTask<EncodedValue> running;
        try
        {
            // The session's token, not the asker's: others may wait for the same bytes.
            running = space.EncodeAsync(_value!, Session.Token);
        }
        catch (Exception exception)
        {
            running = ValueTask.FromException<EncodedValue>(exception);
        }

        if (running.IsCompletedSuccessfully)
        {
            return new ValueTask<EncodedValue>(Encoded(running.Result, mine));
        }

        _ = FinishEncodingAsync(running, mine);
        return new ValueTask<EncodedValue>(mine.Task.WaitAsync(cancellationToken));
    }

    private async Task FinishEncodingAsync(ValueTask<EncodedValue> running, TaskCompletionSource<EncodedValue> mine)
    {
        try
        {
            Encoded(await running.ConfigureAwait(false), mine);
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _encoded, null);
            Fail(mine, exception);
        }
    }

    private EncodedValue Encoded(in EncodedValue value, TaskCompletionSource<EncodedValue> mine)
    {
        SetEncoded(value);
        Session.AddEncodedBytes(value.Size);
        mine.SetResult(value);
        return value;
    }

    /// <summary>Decodes once for all who ask, and keeps the value.</summary>
    private Task DecodeAsync()
    {
        var form = EncodedForm ?? throw new ObjectDisposedException(nameof(DataRef<>), "The result was released while it was read.");
        var running = Volatile.Read(ref form.Decoding);
        if (running is null)
        {
            var mine = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            running = Interlocked.CompareExchange(ref form.Decoding, mine.Task, null);
            if (running is null)
            {
                _ = DecodeFirstAsync(form, mine);
                return mine.Task;
            }
        }

        return (Task)running;
    }

    private async Task DecodeFirstAsync(EncodedForm form, TaskCompletionSource<bool> mine)
    {
        try
        {
            SetValue(await Session.Engine.Space.DecodeAsync<T>(form.Value).ConfigureAwait(false));
            mine.SetResult(true);
        }
        catch (Exception exception)
        {
            Volatile.Write(ref form.Decoding, null);
            Fail(mine, exception);
        }
    }

    private static void Fail<TResult>(TaskCompletionSource<TResult> source, Exception exception)
    {
        source.SetException(exception);

        // Seen: an asker that gave up before must not turn it into an unobserved exception.
        _ = source.Task.Exception;
    }
}
