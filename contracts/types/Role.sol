// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

/// @notice What a licence allows its holder to act as. The order is part of the ABI: append only.
enum Role {
    Practitioner,
    Provider,
    Laboratory,
    Pharmacy,
    Manufacturer,
    Distributor,
    Insurer,
    Researcher,
    EthicsBoard,
    Regulator,
    PrivacyOfficer,
    Arbitrator,
    DeviceOperator,
    PrescriptionService
}
