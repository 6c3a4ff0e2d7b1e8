using Iarnet.Actors;
using Iarnet.Components.Protocol;
using Iarnet.Components.Wire;
using Iarnet.Objects;

namespace Iarnet.Components.Actors;

/// <content>What the component says. Called from the bus's loop, one message after the other.</content>
internal sealed partial class BusActor : IReportSink
{
    private static readonly EncodedValue Null = new(new Payload(CodecNames.Json, "null"u8.ToArray()));

    private readonly TextCache _texts = new();
    private readonly List<ResultReport> _results = [];
    private ActorOutcome[] _outcomes = new ActorOutcome[64];

    /// <param name="report">Valid during the call only.</param>
    public void Received(ReadOnlyMemory<byte> report)
    {
        try
        {
            ReportReader.Read(report, _texts, this);
        }
        catch (InvalidDataException e)
        {
            // What was said before the fault still stands.
            ReportMalformed(e, Id);
            _broken.TrySetResult();
        }

        if (_results.Count > 0)
        {
            EndResults();
            _results.Clear();
        }
    }

    void IReportSink.Ended(in ResultReport result) => _results.Add(result);

    void IReportSink.Drained() => _drained.TrySetResult();

    void IReportSink.Loaded(uint function, Error? error)
    {
        if (error is null)
        {
            return;
        }

        var why = new RemoteError(error.Type, error.Message, error.Stack);
        var outcomes = new List<ActorOutcome>();
        lock (_report)
        {
            lock (_gate)
            {
                if (_functions.Values.FirstOrDefault(known => known.Number == function) is not { } failed)
                {
                    return;
                }

                failed.Error = why;
                FunctionNotLoaded(failed.Name, Id, why.Type, why.Message);
                foreach (var (id, pending) in _pending.Where(entry => entry.Value.Function == function).ToList())
                {
                    pending.Cancellation.Unregister();
                    _pending.Remove(id);
                    outcomes.Add(ActorOutcome.Failed(pending.Call, why, TimeSpan.Zero));
                }
            }

            if (outcomes.Count > 0)
            {
                _observer.CallsEnded(this, outcomes.ToArray());
            }
        }
    }

    private void EndResults()
    {
        if (_outcomes.Length < _results.Count)
        {
            _outcomes = new ActorOutcome[Math.Max(_results.Count, 2 * _outcomes.Length)];
        }

        var count = 0;
        lock (_report)
        {
            lock (_gate)
            {
                foreach (var result in _results)
                {
                    if (_pending.Remove(result.CallId, out var pending))
                    {
                        pending.Cancellation.Unregister();
                        _outcomes[count++] = OutcomeOf(pending.Call, result);
                    }
                }
            }

            if (count > 0)
            {
                _observer.CallsEnded(this, _outcomes.AsSpan(0, count));
            }
        }

        Array.Clear(_outcomes, 0, count);
        _metrics.Answered(count, _spec.Name);
    }

    private ActorOutcome OutcomeOf(ActorCall call, in ResultReport result)
    {
        if (result.Canceled)
        {
            return ActorOutcome.Canceled(call);
        }

        // A tick is 100 ns; what computes faster still counts as one, so that the average says "known".
        var compute = TimeSpan.FromTicks(Math.Max(1, (long)Math.Min(result.ComputeNanoseconds / 100, long.MaxValue / 100)));
        _compute.Add(compute);
        return result.Error is { } error
            ? ActorOutcome.Failed(call, new RemoteError(error.Type, error.Message, error.Stack), compute)
            : ActorOutcome.Completed(call, Keep(result.Value), compute);
    }

    private EncodedValue Keep(in EncodedValue value)
    {
        if (value.IsReference)
        {
            // Until now the component's name kept it; from now on it outlives the component.
            _store.Adopt(value.Reference, _options.ResultOwner);
            return value;
        }

        var payload = value.Payload;
        return payload.Codec == CodecNames.Json && payload.Bytes.Span.SequenceEqual("null"u8)
            ? Null
            : new EncodedValue(new Payload(payload.Codec, payload.Bytes.ToArray()));
    }
}
