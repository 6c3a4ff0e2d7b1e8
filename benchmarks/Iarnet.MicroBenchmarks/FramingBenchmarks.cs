using BenchmarkDotNet.Attributes;
using Iarnet.Bus;
using Iarnet.Bus.Memory;

namespace Iarnet.MicroBenchmarks;

/// <summary>A message into the form that it has on the wire, and back: time of one message.</summary>
public class FramingBenchmarks
{
    private const int Messages = 64;
    private readonly SendBatch _batch = new();
    private byte[] _body = [];
    private Region _region;

    [Params(64, 1024, 16384)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _body = new byte[Size];
        _region = Regions.Of(Messages, Size);
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public int Encode()
    {
        for (var i = 0; i < Messages; i++)
        {
            _batch.Add(_body);
        }

        var count = _batch.Count;
        _batch.Clear();
        return count;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public long Walk()
    {
        long bytes = 0;
        var reader = new RegionReader(_region);
        while (reader.Next(out var body, out _))
        {
            bytes += body.Length;
        }

        return bytes;
    }
}
