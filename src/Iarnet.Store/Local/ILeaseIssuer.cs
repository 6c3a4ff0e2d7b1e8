namespace Iarnet.Store;

/// <summary>Who gave a lease and takes it back.</summary>
internal interface ILeaseIssuer
{
    /// <summary>Takes it back; called once.</summary>
    void Return(ulong lease);

    /// <summary>The name of a codec that it numbered.</summary>
    string CodecName(int number);
}
