namespace Iarnet.Rpc.Harness;

/// <summary>What the bytes travel over.</summary>
public enum Transport
{
    Tcp,
    Unix,
    Tls,
}
