using System.Buffers;
using BenchmarkDotNet.Attributes;
using Iarnet.Bus;
using Iarnet.Bus.Security;
using Iarnet.Bus.Wire;

namespace Iarnet.MicroBenchmarks;

/// <summary>A message of CURVE: sealed at one end and opened at the other, which its nonce ties together. Time of both.</summary>
public class SealingBenchmarks
{
    private readonly CurveKeyPair _clientKeys = CurveKeyPair.Generate();
    private readonly CurveKeyPair _serverKeys = CurveKeyPair.Generate();
    private Mechanism _client = null!;
    private Mechanism _server = null!;
    private byte[] _body = [];
    private byte[] _sealed = [];

    [Params(64, 1024, 65536)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _client = BusSecurity.CurveClient(_clientKeys, _serverKeys.PublicKey).Create(ReadOnlyMemory<byte>.Empty);
        _server = BusSecurity.CurveServer(_serverKeys).Create(ReadOnlyMemory<byte>.Empty);
        if (!Handshake.Run(_client, _server, new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>()))
        {
            throw new InvalidOperationException("the handshake did not come to its end");
        }

        _body = new byte[Size];
        _sealed = new byte[_client.SealedSize(Size)];
    }

    [Benchmark]
    public int SealAndOpen()
    {
        var size = _client.Seal(0, _body, _sealed);
        var header = ZmtpFrames.ReadHeader(_sealed, out _, out _);
        return _server.Open(_sealed.AsSpan(header, size - header), _body, out _);
    }
}
