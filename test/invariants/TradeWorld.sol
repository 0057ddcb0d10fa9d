// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {BatchLedger} from "../../contracts/medication/BatchLedger.sol";
import {Product, ProductKind} from "../../contracts/medication/interfaces/IProductRegistry.sol";
import {PrescriptionRegistry} from "../../contracts/medication/PrescriptionRegistry.sol";
import {ProductRegistry} from "../../contracts/medication/ProductRegistry.sol";
import {ProductId} from "../../contracts/types/Batch.sol";
import {Role} from "../../contracts/types/Role.sol";
import {vm} from "../Vm.sol";
import {World} from "./World.sol";

/// @notice The world with the medication contracts, and everybody between a factory and a patient, all licensed.
contract TradeWorld is World {
    ProductRegistry public immutable PRODUCTS;
    BatchLedger public immutable LEDGER;
    PrescriptionRegistry public immutable PRESCRIPTIONS;

    /// @notice Two makers, two distributors, two pharmacies.
    address[] public partners;

    /// @notice Over the counter and on prescription by the first maker; over the counter by the second.
    ProductId[] public products;

    address public immutable REGULATOR;

    /// @notice On the first pharmacy's staff.
    address public immutable CLERK;

    mapping(address partner => Role) public roleOf;

    constructor(address admin) World(admin) {
        PRODUCTS = new ProductRegistry(ACCREDITATION);
        LEDGER = new BatchLedger(ACCREDITATION, PRODUCTS);
        PRESCRIPTIONS = new PrescriptionRegistry(ACCREDITATION, LEDGER);
        REGULATOR = account("regulator");
        CLERK = staff[1];
        _license(REGULATOR, Role.Regulator);
        _license(clinicians[0], Role.Practitioner);
        _license(address(PRESCRIPTIONS), Role.PrescriptionService);
        _join("maker", Role.Manufacturer);
        _join("rival", Role.Manufacturer);
        _join("wholesaler", Role.Distributor);
        _join("reseller", Role.Distributor);
        _join("pharmacy", Role.Pharmacy);
        _join("branch", Role.Pharmacy);
        vm.prank(partners[4]);
        ACCREDITATION.setMember(CLERK, type(uint40).max);
        _authorise("gtin:00300010123455", partners[0], false);
        _authorise("gtin:00300010999991", partners[0], true);
        _authorise("gtin:00300020777777", partners[1], false);
    }

    function partner(uint256 seed) external view returns (address) {
        return partners[seed % partners.length];
    }

    function pharmacy(uint256 seed) external view returns (address) {
        return partners[4 + (seed % 2)];
    }

    function product(uint256 seed) external view returns (ProductId) {
        return products[seed % products.length];
    }

    function _join(string memory name, Role role) internal {
        address joined = account(name);
        partners.push(joined);
        roleOf[joined] = role;
        _license(joined, role);
        if (role != Role.Pharmacy) return;
        vm.prank(joined);
        LEDGER.setService(address(PRESCRIPTIONS), true);
    }

    function _license(address participant, Role role) internal {
        vm.prank(ADMIN);
        ACCREDITATION.setAccreditor(role, accreditors[0], true);
        vm.prank(accreditors[0]);
        ACCREDITATION.accredit(participant, role, type(uint40).max);
    }

    function _authorise(bytes32 gtin, address maker, bool prescriptionOnly) internal {
        ProductId id = ProductId.wrap(gtin);
        products.push(id);
        vm.prank(REGULATOR);
        PRODUCTS.authorise(id, Product(maker, type(uint40).max, ProductKind.Drug, prescriptionOnly, false), REGULATOR);
    }
}
