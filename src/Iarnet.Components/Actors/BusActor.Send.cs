using System.Diagnostics;
using Iarnet.Actors;
using Iarnet.Bus;
using Iarnet.Components.Protocol;
using Iarnet.Functions;
using Iarnet.Objects;

namespace Iarnet.Components.Actors;

/// <content>The loop that encodes and sends.</content>
internal sealed partial class BusActor
{
    private readonly ByteBuffer _command = new();
    private readonly List<ulong> _inCommand = [];
    private readonly Dictionary<string, SentFunction> _functions = new(StringComparer.Ordinal);
    private EncodedValue[] _arguments = new EncodedValue[4];
    private FunctionDefinition? _latest;
    private SentFunction? _latestSent;

    private async Task SendLoopAsync()
    {
        var reader = _work.Reader;
        try
        {
            while (await reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (reader.TryRead(out var work))
                {
                    if (work.Call is null)
                    {
                        AppendCancel(work.Id);
                    }
                    else
                    {
                        await AppendAsync(work.Id, work.Call).ConfigureAwait(false);
                    }

                    if (_command.Length >= _options.CommandBytes)
                    {
                        await FlushAsync().ConfigureAwait(false);
                    }
                }

                await FlushAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ComponentLostException)
        {
            // The component is gone: whoever sees that reports its calls.
        }
        catch (Exception e)
        {
            SendingFailed(e, Id);
            _broken.TrySetResult();
        }
    }

    private async ValueTask AppendAsync(ulong id, ActorCall call)
    {
        if (call.Cancellation.IsCancellationRequested)
        {
            End(id, ActorOutcome.Canceled(call));
            return;
        }

        try
        {
            var function = ReferenceEquals(call.Function, _latest) ? _latestSent! : await FunctionOfAsync(call.Function).ConfigureAwait(false);
            if (function.Error is { } error)
            {
                End(id, ActorOutcome.Failed(call, error, TimeSpan.Zero));
                return;
            }

            var count = call.ArgumentCount;
            if (_arguments.Length < count)
            {
                _arguments = new EncodedValue[count];
            }

            for (var i = 0; i < count; i++)
            {
                var argument = call.GetArgument(i);
                if (!argument.TryGetEncoded(out _arguments[i]))
                {
                    _arguments[i] = await argument.EncodeAsync(_space, _ended.Token).ConfigureAwait(false);
                }
            }

            if (Sent(id, function.Number))
            {
                CommandWriter.Invoke(_command, id, function.Number, _arguments.AsSpan(0, count), (uint)call.Attempt, TraceOf(call));
                _inCommand.Add(id);
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            End(id, ActorOutcome.Failed(call, e));
        }
        finally
        {
            // What was encoded must not be kept alive by an idle actor.
            Array.Clear(_arguments);
        }
    }

    private void AppendCancel(ulong id)
    {
        lock (_gate)
        {
            if (!_pending.ContainsKey(id))
            {
                return;
            }
        }

        CommandWriter.Cancel(_command, id);
    }

    private async ValueTask<SentFunction> FunctionOfAsync(FunctionDefinition definition)
    {
        if (!_functions.TryGetValue(definition.Id, out var function))
        {
            var load = (await _packager.PackAsync(definition, _ended.Token).ConfigureAwait(false)).Clone();
            lock (_gate)
            {
                function = new SentFunction((uint)_functions.Count + 1, definition.Name);
                _functions.Add(definition.Id, function);
            }

            load.FunctionNumber = function.Number;
            CommandWriter.Load(_command, load);
        }

        _latest = definition;
        _latestSent = function;
        return function;
    }

    private async ValueTask FlushAsync()
    {
        if (_command.Length == 0)
        {
            return;
        }

        try
        {
            await _peer.SendAsync(_command.Detach(), BusPriority.Normal, _ended.Token).ConfigureAwait(false);
        }
        catch (MessageTooLargeException e)
        {
            // Only one call can have brought it over the limit, but which one the bus cannot say; it travelled alone or with few.
            foreach (var id in _inCommand)
            {
                Fail(id, e);
            }
        }

        _inCommand.Clear();
    }

    private bool Sent(ulong id, uint function)
    {
        lock (_gate)
        {
            ref var pending = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(_pending, id);
            if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref pending))
            {
                return false;
            }

            pending.Function = function;
            return true;
        }
    }

    private void Fail(ulong id, Exception reason)
    {
        PendingCall pending;
        lock (_gate)
        {
            if (!_pending.TryGetValue(id, out pending))
            {
                return;
            }
        }

        End(id, ActorOutcome.Failed(pending.Call, reason));
    }

    private void End(ulong id, in ActorOutcome outcome)
    {
        lock (_report)
        {
            lock (_gate)
            {
                if (!_pending.Remove(id, out var pending))
                {
                    return;
                }

                pending.Cancellation.Unregister();
            }

            _observer.CallsEnded(this, new ReadOnlySpan<ActorOutcome>(in outcome));
        }
    }

    private static string TraceOf(ActorCall call)
    {
        var trace = call.Trace;
        return trace == default ? "" : $"00-{trace.TraceId}-{trace.SpanId}-{(trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";
    }
}
