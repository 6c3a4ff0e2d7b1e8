using System.Globalization;
using Iarnet.Bus;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>The arguments of a role: those of zmqbench.c, behind the style in which the sockets are used.</summary>
internal sealed record RoleTask(string Style, string Role, string Endpoint, int Size, int Count, int Width, bool Curve)
{
    /// <summary>The bound that libzmq has by default, and its program here.</summary>
    private const int HighWaterMark = 1000;

    private byte[]? _payload;

    public int Warm => Count / 4;

    public int Total => Warm + Count;

    public ReadOnlyMemory<byte> Payload => _payload ??= [.. Enumerable.Repeat((byte)'x', Size)];

    public static RoleTask Parse(string[] arguments) => arguments is [var style, var role, var endpoint, var size, var count, var width, var curve]
        ? new RoleTask(style, role, endpoint, Number(size), Number(count), Number(width), curve == "1")
        : throw new ArgumentException("expected STYLE ROLE ENDPOINT SIZE COUNT WIDTH CURVE");

    public void Check(ReceivedMessage message)
    {
        if (message.FrameCount != 1 || message.Body.Length != Size)
        {
            throw new InvalidDataException($"a message of {message.FrameCount} frames and {message.Bytes} bytes instead of 1 and {Size}");
        }
    }

    /// <summary>Of the roles that bind: the socket, after the line that names its endpoint.</summary>
    public RouterSocket Bind(Action<RouterSocket>? prepare = null)
    {
        var keys = Curve ? CurveKeyPair.Generate() : null;
        var socket = new RouterSocket(Options(keys is null ? BusSecurity.None : BusSecurity.CurveServer(keys)));
        prepare?.Invoke(socket);
        RoleLines.Ready(socket.Bind(Endpoint), keys?.PublicKey.ToString() ?? "");
        return socket;
    }

    /// <summary>Of the roles that connect: the sockets, to the endpoint that standard input names.</summary>
    public DealerSocket[] Connect(int number, Action<DealerSocket>? prepare = null)
    {
        var (endpoint, key) = RoleLines.ReadEndpoint();
        var sockets = new DealerSocket[number];
        for (var i = 0; i < number; i++)
        {
            sockets[i] = new DealerSocket(Options(Curve ? BusSecurity.CurveClient(CurveKeyPair.Generate(), CurveKey.Parse(key)) : BusSecurity.None));
            prepare?.Invoke(sockets[i]);
            sockets[i].Connect(endpoint);
        }

        return sockets;
    }

    public DealerSocket Connect(Action<DealerSocket>? prepare = null) => Connect(1, prepare)[0];

    private static BusSocketOptions Options(BusSecurity security) => new() { Security = security, SendMessages = HighWaterMark, ReceiveMessages = HighWaterMark };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
