using System.Buffers.Binary;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>Numbers that must come each once and in order.</summary>
internal sealed class Sequence
{
    private int _next;
    private string? _problem;

    public int Next => Volatile.Read(ref _next);

    public void Take(ReadOnlySpan<byte> payload)
    {
        var number = BinaryPrimitives.ReadInt32LittleEndian(payload);
        if (number != _next)
        {
            _problem ??= $"{number} came where {_next} was next";
        }

        Volatile.Write(ref _next, _next + 1);
    }

    public Task Reached(int count) => UntilAsync(() => Next >= count);

    public Task NotFurtherBehindThan(int sent, int most) => sent - Next < most ? Task.CompletedTask : UntilAsync(() => sent - Next < most);

    private async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Delay(1);
            Assert.Null(Volatile.Read(ref _problem));
        }

        Assert.Null(Volatile.Read(ref _problem));
    }
}
