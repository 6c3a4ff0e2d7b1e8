using System.Diagnostics;
using Iarnet.Bus;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>A DEALER that sends the next message from the handler that gets the answer, on the I/O loop.</summary>
internal sealed class RoundTripsOnLoop : LoopHandler
{
    private readonly Action<DealerSocket, ReceivedBatch> _handle;
    private readonly long[] _trips;
    private int _number;
    private long _sent;

    private RoundTripsOnLoop(RoleTask task)
        : base(task)
    {
        _handle = Handle;
        _trips = new long[task.Count];
    }

    public static async Task RunAsync(RoleTask task)
    {
        var trips = new RoundTripsOnLoop(task);
        await using var socket = task.Connect(dealer => dealer.Handle((one, batch) => trips.Guard(trips._handle, one, batch)));
        trips._sent = Stopwatch.GetTimestamp();
        await socket.SendAsync(task.Payload);
        await trips.Completion;
        trips.Meter.AddTrips(trips._trips);
        trips.Write();
        RoleLines.WaitForEnd();
    }

    private void Handle(DealerSocket socket, ReceivedBatch batch)
    {
        foreach (var message in batch)
        {
            Assignment.Check(message);
            if (_number >= Assignment.Warm)
            {
                _trips[_number - Assignment.Warm] = Stopwatch.GetTimestamp() - _sent;
            }

            _number++;
            if (!Meter.Add(1))
            {
                _sent = Stopwatch.GetTimestamp();
                Sent(socket.TrySend(Assignment.Payload));
            }
        }
    }
}
