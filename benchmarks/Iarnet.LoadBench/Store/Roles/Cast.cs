namespace Iarnet.LoadBench.Store.Roles;

/// <summary>The roles by name.</summary>
internal static class Cast
{
    public const string Dictionary = "dictionary";
    public const string Copy = "copy";
    public const string UnixEcho = "unix-echo";
    public const string UnixPing = "unix-ping";
    public const string TcpSource = "tcp-source";
    public const string TcpSink = "tcp-sink";
    public const string TcpChain = "tcp-chain";
    public const string HttpSource = "http-source";
    public const string HttpSink = "http-sink";
    public const string Disk = "disk";
    public const string Resp = "resp";
    public const string LocalStore = "local-store";
    public const string Node = "node";
    public const string Spill = "spill";
    public const string StoreHost = "store-host";
    public const string StoreClient = "store-client";

    public static IRole Role(Words words) => words.Text() switch
    {
        Dictionary => new DictionaryRole(),
        Copy => new CopyRole(),
        UnixEcho => new UnixEchoRole(words.Text()),
        UnixPing => new UnixPingRole(words.Text()),
        TcpSource => new TcpSourceRole(words.Number()),
        TcpSink => new TcpSinkRole(words.Number()),
        TcpChain => new TcpChainRole(words.Number(), words.Number()),
        HttpSource => new HttpSourceRole(words.Number()),
        HttpSink => new HttpSinkRole(words.Text()),
        Disk => new DiskRole(words.Text()),
        Resp => new RespRole(words.Text()),
        LocalStore => new LocalStoreRole(words.Text()),
        Node => new NodeRole(words.Text(), words.Text()),
        Spill => new SpillRole(words.Text()),
        StoreHost => new StoreHostRole(words.Text(), words.Text()),
        StoreClient => new StoreClientRole(words.Text(), words.Text(), words.Text() == "shared"),
        var other => throw new ArgumentException($"'{other}' is no role"),
    };
}
