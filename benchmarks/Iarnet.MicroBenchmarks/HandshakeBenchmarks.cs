using System.Buffers;
using BenchmarkDotNet.Attributes;
using Iarnet.Bus;
using Iarnet.Bus.Wire;

namespace Iarnet.MicroBenchmarks;

/// <summary>A whole handshake, both ends, without the network.</summary>
public class HandshakeBenchmarks
{
    private static readonly byte[] Metadata = ZmtpMetadata.Write("DEALER", "component-1"u8, new Dictionary<string, string>(StringComparer.Ordinal));
    private readonly CurveKeyPair _clientKeys = CurveKeyPair.Generate();
    private readonly CurveKeyPair _serverKeys = CurveKeyPair.Generate();
    private readonly ArrayBufferWriter<byte> _toServer = new();
    private readonly ArrayBufferWriter<byte> _toClient = new();

    [Benchmark]
    public bool Null() => Shake(BusSecurity.None, BusSecurity.None);

    [Benchmark]
    public bool Plain() => Shake(BusSecurity.PlainClient("user", "password"), BusSecurity.PlainServer());

    [Benchmark]
    public bool Curve() => Shake(BusSecurity.CurveClient(_clientKeys, _serverKeys.PublicKey), BusSecurity.CurveServer(_serverKeys));

    private bool Shake(BusSecurity clientSide, BusSecurity serverSide)
    {
        using var client = clientSide.Create(Metadata);
        using var server = serverSide.Create(Metadata);
        return Handshake.Run(client, server, _toClient, _toServer) ? true : throw new InvalidOperationException("the handshake did not come to its end");
    }
}
